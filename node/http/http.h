/*
 * The door of http/: the server that strangers' requests come in by, the client that this node's own
 * go out by, and signatures on both. It knows no route and no peer: handlers, keys and policy are
 * given to it by the rooms above.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "http/certificate.h"
#include "http/client.h"
#include "http/rate.h"
#include "http/request.h"
#include "http/server.h"
#include "http/signed.h"
#include "http/url.h"

#endif
