// A token goes round all ranks, each of which adds its own; rank 0 says what came back.
#include <mpi.h>
#include <stdio.h>

int main(int argc, char** argv) {
  int rank = 0;
  int size = 0;
  long token = 0;
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  const int next = (rank + 1) % size;
  const int before = (rank + size - 1) % size;
  if (rank == 0) {
    MPI_Send(&token, 1, MPI_LONG, next, 0, MPI_COMM_WORLD);
    MPI_Recv(&token, 1, MPI_LONG, before, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    printf("the token came back with %ld\n", token);
  } else {
    MPI_Recv(&token, 1, MPI_LONG, before, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    token += rank;
    MPI_Send(&token, 1, MPI_LONG, next, 0, MPI_COMM_WORLD);
  }
  MPI_Finalize();
  return 0;
}
