#!/bin/bash
# A job of days in slots of half an hour: five minutes before each limit it stops with an epoch and is requeued.
# Where jobs may not be requeued: hpccr slurm run --next short-slots.sh ...
#SBATCH --nodes=2 --ntasks=8 --time=30 --open-mode=append
exec hpccr slurm run --before-limit 5m --keep 2 -- mpirun ./solver
