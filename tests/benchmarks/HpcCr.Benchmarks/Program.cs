using System.Globalization;
using CommandLine;
using HpcCr.Benchmarks;
using HpcCr.Criu;

return await Parser.Default.ParseArguments<BenchmarkArguments>(args).MapResult(RunAsync, _ => Task.FromResult(2));

static async Task<int> RunAsync(BenchmarkArguments arguments)
{
    var engine = await CriuInstallation.FindAsync();
    var load = LoadAverage();
    List<PauseResult> pauses = [];
    var guard = 0.0;
    string report;
    await using (var lab = await BenchmarkLab.UpAsync(arguments))
    {
        var plain = new PlainEngine(lab, engine.Path);
        var idle = Footprint.OfProgram("hpccr-launcher", lab.Run.Root);
        foreach (var mib in arguments.Sizes)
            await MeasureAsync($"1 process of {mib} MiB", "node1", [Program("fill"), "--mib", $"{mib}"]);
        if (arguments.Ranks > 0)
        {
            await MeasureAsync($"{arguments.Ranks} Open MPI ranks of 64 MiB on 2 nodes", "node1,node2",
                ["mpirun.openmpi", "-np", $"{arguments.Ranks}", Program("mpifill.openmpi"), "--mib", "64"]);
        }

        var footprint = new FootprintResult(idle, Footprint.OfProgram("hpccr-launcher", lab.Run.Root),
            Footprint.OfProgram("hpccr-coordinator", lab.Run.Root), guard, await Footprint.HelpAsync(lab));
        report = Report.Render(pauses, footprint, Machine(engine), $"{load} and {LoadAverage()}", arguments.Rounds);

        async Task MeasureAsync(string title, string nodes, IEnumerable<string> command)
        {
            Console.Error.WriteLine(title);
            var job = await BenchmarkJob.StartAsync(lab, $"job{pauses.Count}", nodes, [.. command, "--gap-ms", "15"]);
            pauses.Add(await new PauseBenchmark(job, plain, title).RunAsync(arguments.Rounds, () =>
                guard = Math.Max(guard, Footprint.OfProgram("hpccr-guard", lab.Run.Root))));
        }
    }

    Console.Write(report);
    if (arguments.Write is { } file)
        Report.WriteInto(file, report);
    return 0;

    string Program(string name) => Path.GetFullPath(Path.Combine(arguments.Programs, name));
}

static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

static string Machine(CriuInstallation engine)
{
    var memory = long.Parse(File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) >> 20;
    var kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
    return $"{Environment.ProcessorCount} cores, {memory} GiB, Linux {kernel}, CRIU {engine.Version}, two lab nodes";
}
