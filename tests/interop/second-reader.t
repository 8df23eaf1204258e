#!/bin/bash
# The second reader, in another language, against the vectors.
here=$(cd "$(dirname "$0")" && pwd)
exec node "$here/read-vectors.mjs"
