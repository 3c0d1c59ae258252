#!/bin/bash
# An epoch every ten minutes: what a lost node costs is at most that.
#SBATCH --nodes=2 --ntasks=8 --time=24:00:00 --open-mode=append
exec hpccr slurm run --interval 10m --keep 3 -- mpirun ./solver
