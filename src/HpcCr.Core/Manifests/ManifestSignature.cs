namespace HpcCr.Core;

/// <summary>A signature of a part of the manifest.</summary>
/// <param name="Part">A node's name, or <c>*</c> for the whole.</param>
/// <param name="KeyId">Which key made it.</param>
/// <param name="Value">The signature (HMAC-SHA256), hexadecimal.</param>
public sealed record ManifestSignature(string Part, string KeyId, string Value);
