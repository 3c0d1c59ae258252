using HpcCr.Cli.Commands;

namespace HpcCr.Cli.CommandLine;

/// <summary>Every command there is.</summary>
internal static class CommandTable
{
    /// <summary>The first words of commands that have two.</summary>
    public static IReadOnlyList<string> Groups { get; } = ["lab", "plugin", "slurm"];

    /// <summary>The table, in the order of the overview.</summary>
    public static IReadOnlyList<CommandEntry> All { get; } =
    [
        new("run", "[OPTIONS] -- COMMAND [ARG...]", "start a job",
            """
            Starts COMMAND as a job that can be checkpointed, shows its output and ends with its exit code. Ctrl-C goes to the
            job; a second Ctrl-C kills it. Where no coordinator runs, root gets one that is started along with the job.

            Example:
              hpccr run --name stencil --nodes node1,node2 -- mpirun -n 4 ./stencil 1000
              hpccr run --name stencil --interval 10m --keep 3 -- mpirun -n 4 ./stencil 1000
            """, CommandRunner.RunAsync<RunCommand>),
        new("attach", "--pid [NODE:]PID [OPTIONS]", "take processes that run already under control as a job",
            """
            PID and all that it started become a job that can be checkpointed, killed and restarted; given once for each of several
            nodes, one job over all of them. Only root may attach to other users' processes. What a restart cannot give back of the
            standard input and output, a terminal or the other end of a pipe, goes to the job's folder.

            Example:
              hpccr attach --pid 4711 --name solver
            """, CommandRunner.RunAsync<AttachCommand>),
        new("checkpoint", "JOB [OPTIONS]", "write one epoch of a running job",
            """
            Example:
              hpccr checkpoint stencil --stop
            """, CommandRunner.RunAsync<CheckpointCommand>),
        new("check", "JOB", "whether a running job can be checkpointed, and why not",
            """
            Looks on all nodes for what the engine cannot dump or a restart would not give back, and says what to do about each;
            nothing is stopped. Ends with 6 when a checkpoint would be refused. Every checkpoint looks for the same first.

            Example:
              hpccr check stencil
            """, CommandRunner.RunAsync<CheckCommand>),
        new("restart", "CKPT [OPTIONS]", "bring a job back from an epoch",
            """
            CKPT is an epoch's folder, JOB/epoch-000003, or a job's name, which means its newest epoch.

            On other nodes its connections and addresses are moved along; the job goes on seeing those of its start.

            Example:
              hpccr restart stencil --detach
              hpccr restart stencil --map node1=node3
              hpccr restart stencil/epoch-000003 --interval off
            """, CommandRunner.RunAsync<RestartCommand>),
        new("migrate", "JOB --map OLD=NEW,...", "move a running job to other nodes",
            """
            Checkpoints the job, ends it where it is and restarts it on the other nodes. Where that fails, it goes on where it was.

            Example:
              hpccr migrate stencil --map node1=node3
            """, CommandRunner.RunAsync<MigrateCommand>),
        new("status", "[JOB]", "what a job does, or all jobs and the nodes",
            """
            Example:
              hpccr status stencil --json
            """, CommandRunner.RunAsync<StatusCommand>),
        new("list", "[JOB]", "all jobs, or the epochs of a job",
            """
            Example:
              hpccr list stencil
            """, CommandRunner.RunAsync<ListCommand>),
        new("show", "CKPT [OPTIONS]", "what an epoch holds",
            """
            CKPT is an epoch's folder, JOB/epoch-000003, or a job's name, which means its newest epoch. With --json: its manifest.

            Example:
              hpccr show stencil/epoch-000003
              hpccr show stencil --connections
            """, CommandRunner.RunAsync<ShowCommand>),
        new("verify", "CKPT", "check every file of an epoch",
            """
            Compares size and SHA-256 of every file with the manifest, proves from the images that the cut is consistent, and, as
            root, checks the signatures; ends with 5 when something is wrong, naming each fault.

            Example:
              hpccr verify stencil
            """, CommandRunner.RunAsync<VerifyCommand>),
        new("logs", "JOB [OPTIONS]", "what a job has written",
            """
            Example:
              hpccr logs stencil -f
            """, CommandRunner.RunAsync<LogsCommand>),
        new("wait", "JOB", "wait for a job's end; ends with its exit code",
            """
            Example:
              hpccr wait stencil && echo done
            """, CommandRunner.RunAsync<WaitCommand>),
        new("kill", "JOB", "end a job at once",
            """
            Its epochs stay.

            Example:
              hpccr kill stencil
            """, CommandRunner.RunAsync<KillCommand>),
        new("prune", "JOB --keep N [--dry-run]", "remove old epochs of a job",
            """
            The newest N epochs stay, and in any case the newest one that is signed and has all its files, and one that is being
            restarted. What the job wrote after the cut of an epoch stays in the job's folder (written-after).

            Example:
              hpccr prune stencil --keep 3 --dry-run
            """, CommandRunner.RunAsync<PruneCommand>),
        new("rm", "JOB", "remove a job that has ended, with its checkpoints and output",
            """
            Removes the job's folder with all that is in it, and what the coordinator has written down of the job. A job that runs is
            refused: `hpccr kill` ends it first.

            Example:
              hpccr rm stencil
            """, CommandRunner.RunAsync<RemoveCommand>),
        new("doctor", "", "what this node can do, what it lacks, and the remedy",
            """
            Ends with 6 when jobs cannot be checkpointed here.

            Example:
              hpccr doctor
            """, CommandRunner.RunAsync<DoctorCommand>),
        new("plugin list", "[OPTIONS]", "the plugins that are installed on this node",
            """
            Example:
              hpccr plugin list
            """, CommandRunner.RunAsync<PluginListCommand>),
        new("plugin test", "PLUGIN[=CONFIG.json] [OPTIONS]", "take a plugin through epochs and a restart",
            """
            Runs a sample job with the plugin, makes an epoch, makes one that ends the job, and restarts it; shows what the plugin was told and
            what it said. PLUGIN is the name of an installed one, or a folder with a slash in its path. Nothing of it stays.

            Example:
              hpccr plugin test ./my-plugin
            """, CommandRunner.RunAsync<PluginTestCommand>),
        new("lab up", "N [OPTIONS]", "fake nodes node1..nodeN on this machine",
            """
            Each node has namespaces and an address of its own and runs a launcher; while the lab is up the other commands use
            it. Called again, it starts what has died since.

            Example:
              hpccr lab up 2
            """, CommandRunner.RunAsync<LabUpCommand>),
        new("lab status", "", "the lab's nodes and daemons",
            """
            Example:
              hpccr lab status
            """, CommandRunner.RunAsync<LabStatusCommand>),
        new("lab exec", "NODE -- COMMAND [ARG...]", "run a command on a node of the lab",
            """
            Example:
              hpccr lab exec node1 -- ip address
            """, CommandRunner.RunAsync<LabExecCommand>),
        new("lab kill", "NODE", "take a node away as a power cut would",
            """
            `hpccr lab up` with the same N brings it back.

            Example:
              hpccr lab kill node2
            """, CommandRunner.RunAsync<LabKillCommand>),
        new("lab down", "", "end the lab and everything in it",
            """
            Example:
              hpccr lab down
            """, CommandRunner.RunAsync<LabDownCommand>),
        new("slurm run", "[OPTIONS] -- COMMAND [ARG...]", "start or resume a job in a batch script of Slurm's",
            """
            Starts COMMAND on the nodes of the allocation, or brings it back from its newest epoch where Slurm has requeued the job or
            --resume-from is given. Before the time limit, at a preemption and at SIGUSR1 it makes an epoch, ends the job and has Slurm
            requeue it (exit 75). Call it with exec, so that the signals reach it. Where HpcCr is not ready on the nodes the command
            runs as it would without HpcCr, unless --strict is given.

            Example:
              hpccr slurm run --interval 10m --keep 3 -- mpirun ./solver
            """, CommandRunner.RunAsync<SlurmRunCommand>),
        new("slurm status", "[SLURM-JOB]", "jobs of Slurm's with their epochs",
            """
            Example:
              hpccr slurm status
            """, CommandRunner.RunAsync<SlurmStatusCommand>),
        new("slurm prolog", "--coordinator ADDR", "admit a Slurm job to this node and see to its launcher",
            """
            Called by Slurm's Prolog; not for people.

            Example:
              hpccr slurm prolog --coordinator head:7733
            """, CommandRunner.RunAsync<SlurmPrologCommand>) { Hidden = true },
        new("slurm epilog", "--coordinator ADDR", "end what is left of a Slurm job on this node",
            """
            Called by Slurm's Epilog; not for people.

            Example:
              hpccr slurm epilog --coordinator head:7733
            """, CommandRunner.RunAsync<SlurmEpilogCommand>) { Hidden = true },
        new("embedded", "", "the coordinator and launcher of this node, for commands that find none",
            """
            Started by `hpccr run`; not for people.

            Example:
              hpccr embedded
            """, CommandRunner.RunAsync<EmbeddedCommand>) { Hidden = true },
    ];

    /// <summary>Finds the command that the words begin with.</summary>
    /// <param name="words">The command line; not empty.</param>
    /// <param name="rest">The words after the command's name.</param>
    /// <exception cref="HpcCrException">There is no such command (usage).</exception>
    public static CommandEntry Find(ReadOnlySpan<string> words, out ReadOnlySpan<string> rest)
    {
        var hasTwoWords = Groups.Contains(words[0]) && words.Length > 1;
        var name = hasTwoWords ? $"{words[0]} {words[1]}" : words[0];
        rest = words[(hasTwoWords ? 2 : 1)..];
        foreach (var entry in All)
            if (entry.Name == name)
                return entry;
        if (Groups.Contains(name)) throw new HpcCrException(FailureKind.Usage, $"which {name} command is meant is not said", $"`hpccr {name} --help` lists them.");
        var near = Suggestion.For(name, All.Where(entry => !entry.Hidden).Select(entry => entry.Name));
        throw new HpcCrException(FailureKind.Usage, $"there is no command '{JobName.Printable(name)}'",
            near is null ? "`hpccr --help` lists the commands." : $"Did you mean `hpccr {near}`? `hpccr --help` lists all.");
    }
}
