/*
 * The door of support/: what every room of the node stands on, and what knows nothing of catalogues.
 */
#ifndef SUPPORT_SUPPORT_H
#define SUPPORT_SUPPORT_H

#include "support/address.h"
#include "support/clock.h"
#include "support/config.h"
#include "support/file.h"
#include "support/language.h"
#include "support/log.h"
#include "support/memory.h"
#include "support/problem.h"
#include "support/qr.h"
#include "support/random.h"
#include "support/root_page.h"
#include "support/signer.h"
#include "support/terminal.h"

#endif
