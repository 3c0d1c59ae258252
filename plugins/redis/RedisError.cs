namespace HpcCr.Plugins.Redis;

/// <summary>An answer that is an error.</summary>
internal sealed class RedisError(string message) : Exception(message);
