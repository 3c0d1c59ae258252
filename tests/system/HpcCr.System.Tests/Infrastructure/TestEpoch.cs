using System.Text.Json;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>An epoch as <c>hpccr checkpoint --json</c> told it.</summary>
internal sealed record TestEpoch(int Number, string Path, double PauseMilliseconds, long Bytes, int Connections, JsonElement Json)
{
    /// <summary>Its manifest.</summary>
    public string Manifest => System.IO.Path.Combine(Path, "manifest.json");

    /// <summary>Reads the document.</summary>
    public static TestEpoch Of(JsonElement json) => new(
        json.GetProperty("epoch").GetInt32(), json.GetProperty("path").GetString()!, json.GetProperty("pauseMs").GetDouble(),
        json.GetProperty("bytes").GetInt64(), json.GetProperty("connections").GetInt32(), json);
}
