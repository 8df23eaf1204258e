/*
 * The door of store/: everything the node keeps in its database, in the words of its other rooms.
 * The only room that knows SQL; nothing of SQLite passes this door. It decides nothing: who may see
 * what is catalogue's, whom to trust is peering's.
 *
 * One process writes a home's database at a time (the home's lock sees to that), and in it one
 * transaction at a time. Readers are separate connections, one a thread, and never wait.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "store/store_charters.h"
#include "store/store_deposits.h"
#include "store/store_index.h"
#include "store/store_logs.h"
#include "store/store_nodes.h"
#include "store/store_receipts.h"
#include "store/store_records.h"
#include "store/store_replay.h"
#include "store/store_seen.h"
#include "store/store_types.h"

#endif
