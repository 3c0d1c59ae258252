using System.Text.Json;
using Google.Protobuf;
using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>A sandbox's relocation as the coordinator sends it.</summary>
internal static class RelocationJson
{
    /// <summary>Reads it.</summary>
    /// <exception cref="HpcCrException">It is none (internal).</exception>
    public static SandboxRelocation Read(ByteString json)
    {
        try
        {
            if (JsonSerializer.Deserialize(json.Span, CoreJson.Default.SandboxRelocation) is { } relocation)
                return relocation;
        }
        catch (JsonException)
        {
            // The same as nothing.
        }

        throw new HpcCrException(FailureKind.Internal, "the coordinator does not say where a sandbox goes", "Coordinator and launchers must be of the same version.");
    }
}
