using Google.Protobuf;
using HpcCr.Core;

namespace HpcCr.Protocol;

/// <summary>How large messages may be.</summary>
public static class WireLimits
{
    /// <summary>A job's description, in bytes: 2 MiB, which is what the kernel gives command and environment of a program with the usual stack.</summary>
    public const int MostDescriptionBytes = 2 << 20;

    /// <summary>What a user may send in one request, in bytes: a description that is a little too long is told so.</summary>
    public const int MostRequestBytes = 3 << 20;

    /// <summary>A message on the stream of a launcher, in bytes. Manifests travel in one piece.</summary>
    public const int MostStreamBytes = 64 << 20;

    /// <summary>The part of a Hello that goes into one message, in bytes.</summary>
    public const int MostHelloBytes = 16 << 20;

    // For what is around a message that is looked at alone.
    private const int Envelope = 1024;

    /// <summary>Whether a message can go over the stream of a launcher.</summary>
    public static bool FitsTheStream(IMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.CalculateSize() <= MostStreamBytes - Envelope;
    }

    /// <summary>Goes on only if a job's description is not too long.</summary>
    /// <exception cref="HpcCrException">It is (usage).</exception>
    public static void RequireBounded(this V1.JobSpec description)
    {
        ArgumentNullException.ThrowIfNull(description);
        if (description.CalculateSize() is var bytes && bytes > MostDescriptionBytes)
        {
            throw new HpcCrException(FailureKind.Usage,
                $"the job's command, environment and options take {bytes / 1048576.0:F1} MiB, and {MostDescriptionBytes >> 20} MiB is the most",
                "Pass large data in files; `env -i` runs hpccr without the environment.");
        }
    }
}
