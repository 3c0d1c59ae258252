#!/bin/bash
# May be preempted: stops with an epoch within the partition's GraceTime and goes on when there are nodes again.
# --signal is used where the site has set preempt_send_user_signal; elsewhere the job hears of the preemption by itself.
#SBATCH --partition=low --nodes=4 --ntasks=16 --time=12:00:00 --open-mode=append --signal=B:USR1@120
exec hpccr slurm run --interval 30m --keep 2 -- mpirun ./solver
