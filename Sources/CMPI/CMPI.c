#include "CMPI.h"

// Empty without the package trait MPI: SwiftPM builds every target, and mpi.h may not be there.
#ifdef KENET_MPI
#include <mpi.h>

static MPI_Request request = MPI_REQUEST_NULL;
static int begun = MPI_SUCCESS;

void cmpi_start(int *rank, int *count) {
    int provided;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, rank);
    MPI_Comm_size(MPI_COMM_WORLD, count);
}

void cmpi_sum(float *values, int count) {
    begun = MPI_Iallreduce(MPI_IN_PLACE, values, count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD, &request);
}

void cmpi_broadcast(void *bytes, int count) { begun = MPI_Ibcast(bytes, count, MPI_BYTE, 0, MPI_COMM_WORLD, &request); }

CMPIState cmpi_poll(void) {
    int done = 0;
    if (begun != MPI_SUCCESS || MPI_Test(&request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS) return CMPI_FAILED;
    return done ? CMPI_DONE : CMPI_RUNNING;
}

void cmpi_finish(void) { MPI_Finalize(); }
#endif
