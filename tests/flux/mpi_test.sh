# MPI programs of Debian's MPICH find each other by the shell's PMI: on one node and over several,
# in blocks and in turn; MPI_Abort ends the job.
source "$(dirname "$0")/lib.sh" "$@"

sources=$(dirname "$(realpath "$0")")/mpi
for program in hello ring allreduce abort; do
  mpicc.mpich -O1 -o "$program" "$sources/mpi_$program.c" || exit 1
done
# Brokers on one machine are nodes with one address: TCP and shared memory, no network card.
export UCX_TLS=tcp,self,sm UCX_NET_DEVICES=lo UCX_LOG_LEVEL=fatal

expect 0 bash -c '"$FLUX" run -N2 -n4 ./hello | sort' << 'X'
Hello from rank 0 of 4
Hello from rank 1 of 4
Hello from rank 2 of 4
Hello from rank 3 of 4
X
expect 0 flux run ./hello <<< 'Hello from rank 0 of 1'
expect 0 flux run -N2 -n4 ./ring <<< 'the token came back with 6'
expect 0 flux run -N2 -n4 --taskmap=cyclic ./ring <<< 'the token came back with 6'
expect 0 flux run -N2 -n4 ./allreduce <<< '4 ranks, 0 wrong sums'
expect 0 flux run -N1 -n2 ./allreduce <<< '2 ranks, 0 wrong sums'
expect 0 flux run -n1 -o pmi=off sh -c 'echo "${PMI_FD:-none}"' <<< 'none'

# The job fails, with the largest status of MPI_Abort's and that of the tasks it has killed.
abort() {
  "$FLUX" run -N2 -n4 ./abort > out.log 2>&1 || echo "failed"
  grep -o 'type=exec severity=0 MPI_Abort' out.log | sort -u
}
expect 0 abort << 'X'
failed
type=exec severity=0 MPI_Abort
X
finish
