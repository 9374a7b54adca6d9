// The few calls of MPI that training needs, as plain C functions: MPI's constants are macros that Swift cannot read.
//
// All of them are called by one thread.

#ifndef CMPI_H
#define CMPI_H

#include <stdbool.h>

/// How a meeting stands.
typedef enum { CMPI_WAITING, CMPI_ALL_HERE, CMPI_FAILED } CMPIMeeting;

/// Joins the processes that the launcher started. `rank` counts from 0. Where that fails, MPI says why and ends the job.
void cmpi_start(int *_Nonnull rank, int *_Nonnull count);

/// Begins to wait for all processes to say the same.
void cmpi_meet(void);

/// How the meeting that was begun last stands. Never waits.
CMPIMeeting cmpi_poll(void);

/// Replaces `values` by their sums over all processes; false where that failed. It waits: meet before.
bool cmpi_sum(float *_Nonnull values, int count);

/// Replaces `bytes` by those of process 0; false where that failed. It waits: meet before.
bool cmpi_broadcast(void *_Nonnull bytes, int count);

/// Leaves in order; waits for the others to do the same.
void cmpi_finish(void);

#endif
