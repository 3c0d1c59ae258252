namespace HpcCr.Plugins.Redis;

/// <summary>Some servers, and how one logs in there.</summary>
internal sealed record RedisServer
{
    /// <summary>Which: <c>ADDRESS:PORT</c>, <c>*:PORT</c>, <c>ADDRESS</c>.</summary>
    public required string Match { get; init; }

    /// <summary>Whom to call after a restart instead, <c>ADDRESS:PORT</c>; null: the same again.</summary>
    public string? To { get; init; }

    /// <summary>Files with the passwords of the job's Redis users, by their names; the job's user must be able to read them. A server without a password needs none.</summary>
    public IReadOnlyDictionary<string, string> PasswordFiles { get; init; } = new Dictionary<string, string>();

    /// <summary>The user as whom the plugin itself asks the server; it must be allowed CLIENT LIST.</summary>
    public string User { get; init; } = "default";
}
