# MPI programs of Debian's Open MPI find each other by PMIx, on one node and over several.
source "$(dirname "$0")/lib.sh" "$@"

sources=$(dirname "$(realpath "$0")")/mpi
for program in hello ring allreduce abort; do
  OMPI_CC=gcc mpicc.openmpi -O1 -o "$program" "$sources/mpi_$program.c" || exit 1
done
# Brokers on one machine are nodes with one address; there is no network card for MPI.
export OMPI_MCA_btl=tcp,self OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_mtl=^ofi OMPI_MCA_pml=ob1

expect 0 bash -c '"$FLUX" run -o pmi=pmix -N2 -n4 ./hello | sort' << 'X'
Hello from rank 0 of 4
Hello from rank 1 of 4
Hello from rank 2 of 4
Hello from rank 3 of 4
X
expect 0 flux run -o pmi=pmix -n1 ./hello <<< 'Hello from rank 0 of 1'
expect 0 flux run -o pmi=pmix -N2 -n4 ./ring <<< 'the token came back with 6'
expect 0 flux run -o pmi=pmix -N2 -n4 --taskmap=cyclic ./ring <<< 'the token came back with 6'
expect 0 flux run -o pmi=pmix -N2 -n4 ./allreduce <<< '4 ranks, 0 wrong sums'
# The other interface is off, unless it is named too.
expect 0 flux run -n1 -o pmi=pmix sh -c 'echo "${PMI_FD:-none} $PMIX_RANK"' <<< 'none 0'
expect 0 flux run -n1 -o pmi=pmix,simple sh -c 'echo "${PMI_RANK:-none} $PMIX_RANK"' <<< '0 0'
# What a job has of it is not passed on.
expect 0 flux run -n1 -o pmi=pmix "$FLUX" start "$FLUX" run sh -c 'echo "${PMIX_RANK:-none}"' <<< 'none'

abort() {
  "$FLUX" run -o pmi=pmix -N2 -n4 ./abort > out.log 2>&1 || echo "failed"
  grep -o 'type=exec severity=0 pmix: MPI_Abort' out.log | sort -u
}
expect 0 abort << 'X'
failed
type=exec severity=0 pmix: MPI_Abort
X
finish
