// The few calls of MPI that training needs, as plain C functions: MPI's constants are macros that Swift cannot read.
//
// All of them are called by one thread. One operation at a time is under way.

#ifndef CMPI_H
#define CMPI_H

/// How an operation stands.
typedef enum { CMPI_RUNNING, CMPI_DONE, CMPI_FAILED } CMPIState;

/// Joins the processes that the launcher started. `rank` counts from 0. Where that fails, MPI says why and ends the job.
void cmpi_start(int *_Nonnull rank, int *_Nonnull count);

/// Begins to replace `values` by their sums over all processes. They are MPI's until ``cmpi_poll`` says that it is done.
void cmpi_sum(float *_Nonnull values, int count);

/// Begins to replace `bytes` by those of process 0. They are MPI's until ``cmpi_poll`` says that it is done.
void cmpi_broadcast(void *_Nonnull bytes, int count);

/// Works on the operation that was begun last and says how it stands. Never waits.
CMPIState cmpi_poll(void);

/// Leaves in order; waits for the others to do the same.
void cmpi_finish(void);

#endif
