namespace Grpc.Core;

/// <summary>Hints for writing messages; there are none to give as long as nothing is compressed.</summary>
public sealed class WriteOptions
{
    /// <summary>The usual.</summary>
    public static readonly WriteOptions Default = new();
}
