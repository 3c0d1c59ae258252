namespace HpcCr.Rpc;

/// <summary>The cluster's key file cannot be trusted or read; the text says why and what to do.</summary>
/// <param name="message">What is wrong with which file, and the remedy.</param>
/// <param name="cause">The exception behind it, if any.</param>
public sealed class ClusterKeyException(string message, Exception? cause = null) : Exception(message, cause);
