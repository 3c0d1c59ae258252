#!/bin/bash
# Every element is a job of its own: slurm-ARRAY_ELEMENT.
#SBATCH --array=1-100 --ntasks=1 --time=2:00:00 --open-mode=append
exec hpccr slurm run --interval 15m --keep 1 -- sh -c 'exec ./case --input case.$SLURM_ARRAY_TASK_ID'
