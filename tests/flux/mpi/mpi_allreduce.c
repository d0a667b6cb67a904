// Sums vectors of 100000 numbers over all ranks and checks every sum.
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { kLength = 100000 };

int main(int argc, char** argv) {
  int rank = 0;
  int size = 0;
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  double* mine = malloc(kLength * sizeof *mine);
  double* sum = malloc(kLength * sizeof *sum);
  for (int i = 0; i < kLength; ++i) mine[i] = i * (rank + 1.0);
  MPI_Allreduce(mine, sum, kLength, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  int wrong = 0;
  const double factor = size * (size + 1) / 2.0;
  for (int i = 0; i < kLength; ++i) wrong += sum[i] != i * factor;
  if (rank == 0) printf("%d ranks, %d wrong sums\n", size, wrong);
  free(mine);
  free(sum);
  MPI_Finalize();
  return wrong != 0;
}
