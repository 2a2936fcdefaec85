# libfaketime for shell tests. Sourced, not run.
#   $faketime        the library, for LD_PRELOAD; "" where there is none
#   faketime_rest    removes what its processes that were killed left in shared memory: under a number that comes again, the next one would
#                    find it there and end. Called here, and by the caller's EXIT trap.
faketime=$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null | head -n 1)
faketime_rest() {
	local left
	for left in /dev/shm/faketime_shm_*; do
		[ ! -O "$left" ] || [ -d "/proc/${left##*_}" ] || rm -f "$left" "/dev/shm/sem.faketime_sem_${left##*_}"
	done
}
faketime_rest
