using System.Text.Json;
using HpcCr.Cli.Output;

namespace HpcCr.Cli.Lab;

/// <summary>Keeps <see cref="LabState"/> on disk.</summary>
internal static class LabStateFile
{
    /// <summary>The lab that is up, or null when none is.</summary>
    public static LabState? Read(LabLayout layout)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(layout.State), CliJson.Default.LabState);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new HpcCrException(FailureKind.Damaged, $"the lab's record {layout.State} is damaged",
                "End the lab with `hpccr lab down`, then `hpccr lab up N`.", e);
        }
    }

    /// <summary>The lab that is up.</summary>
    /// <exception cref="HpcCrException">None is (not found).</exception>
    public static LabState Need(LabLayout layout) => Read(layout)
        ?? throw new HpcCrException(FailureKind.NotFound, "no lab is up on this machine", "Start one with `hpccr lab up 2`.");

    /// <summary>Writes the record; a reader sees the old one or the new one.</summary>
    public static void Write(LabLayout layout, LabState state)
    {
        var fresh = layout.State + ".new";
        File.WriteAllBytes(fresh, JsonSerializer.SerializeToUtf8Bytes(state, CliJson.Default.LabState));
        File.Move(fresh, layout.State, overwrite: true);
    }
}
