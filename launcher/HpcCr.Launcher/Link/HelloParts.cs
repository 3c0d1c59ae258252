using HpcCr.Protocol;
using HpcCr.Protocol.V1;

namespace HpcCr.Launcher;

/// <summary>A Hello in as many messages as its jobs need.</summary>
internal static class HelloParts
{
    /// <summary>Splits it; all parts but the last say that there is more.</summary>
    public static IReadOnlyList<Hello> Of(Hello hello)
    {
        var jobs = hello.Jobs.ToList();
        hello.Jobs.Clear();
        List<Hello> parts = [hello];
        var bytes = 0;
        foreach (var job in jobs)
        {
            if (bytes > 0 && bytes + job.CalculateSize() > WireLimits.MostHelloBytes)
            {
                parts[^1].More = true;
                parts.Add(new Hello { Node = hello.Node });
                bytes = 0;
            }

            parts[^1].Jobs.Add(job);
            bytes += job.CalculateSize();
        }

        return parts;
    }
}
