using System.Security.Cryptography;
using System.Text;

namespace HpcCr.Core;

/// <summary>A secret that only launchers hold; what is signed with it (HMAC-SHA256) is their word.</summary>
public sealed class SigningKey
{
    /// <summary>The length of a secret, in bytes.</summary>
    public const int Bytes = 32;

    /// <summary>The length of a signature, in characters.</summary>
    public const int SignatureLength = 64;

    private const int IdBytes = 8;
    private static readonly byte[] IdLabel = Encoding.ASCII.GetBytes("hpccr signing key id v1");

    private readonly byte[] _secret;

    /// <summary>Takes a secret.</summary>
    /// <param name="secret">Random, or derived from something random; <see cref="Bytes"/> long.</param>
    public SigningKey(ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, Bytes);
        _secret = secret.ToArray();
        Id = Convert.ToHexStringLower(HKDF.Expand(HashAlgorithmName.SHA256, _secret, IdBytes, IdLabel));
    }

    /// <summary>Names the key, and tells nothing of it.</summary>
    public string Id { get; }

    /// <summary>Signs.</summary>
    /// <param name="purpose">What kind of thing the bytes are, so that no signature of one kind passes for another.</param>
    /// <param name="bytes">What is signed.</param>
    /// <returns>The signature, hexadecimal.</returns>
    public string Sign(string purpose, ReadOnlySpan<byte> bytes)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret);
        hmac.AppendData(Encoding.UTF8.GetBytes(purpose + "\n"));
        hmac.AppendData(bytes);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    /// <summary>Whether this key made the signature.</summary>
    public bool Verify(string purpose, ReadOnlySpan<byte> bytes, string signature) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(purpose, bytes)), Encoding.UTF8.GetBytes(signature));
}
