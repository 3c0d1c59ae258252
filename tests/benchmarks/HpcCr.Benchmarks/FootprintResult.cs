namespace HpcCr.Benchmarks;

/// <summary>What HpcCr itself takes.</summary>
/// <param name="LauncherIdle">A launcher that has had no job yet, MiB.</param>
/// <param name="LauncherAfter">The largest launcher after all benchmarks, MiB.</param>
/// <param name="CoordinatorAfter">The coordinator after all benchmarks, MiB.</param>
/// <param name="Guard">The largest guard of a job that had its epochs, MiB.</param>
/// <param name="Help">Median time of `hpccr --help`, ms.</param>
internal sealed record FootprintResult(double LauncherIdle, double LauncherAfter, double CoordinatorAfter, double Guard, double Help);
