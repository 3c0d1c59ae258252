using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace HpcCr.Rpc;

/// <summary>The one secret of a cluster: who holds it is a member, who does not is nobody.</summary>
/// <remarks>
/// A PEM file with an ECDSA P-256 private key and a self-signed certificate of it. Under TLS 1.3 both sides present the certificate and
/// prove the key behind it, and each accepts only its own public key: no authority, no names and no dates come in.
/// </remarks>
public sealed class ClusterKey : IDisposable
{
    private const UnixFileMode Forbidden = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    private const int LargestFileBytes = 64 << 10;

    private readonly X509Certificate2 _certificate;
    private readonly byte[] _publicKey;
    private readonly SslStreamCertificateContext _context;

    private ClusterKey(X509Certificate2 certificate)
    {
        _certificate = certificate;
        _publicKey = certificate.PublicKey.ExportSubjectPublicKeyInfo();
        _context = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
    }

    /// <summary>The SHA-256 of the public key, to compare nodes by; no secret.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(_publicKey));

    /// <summary>Makes a new key and writes it to a new file with mode 0600.</summary>
    /// <param name="path">The file; it must not exist, so that no cluster loses its key by mistake.</param>
    /// <exception cref="IOException">The file exists or cannot be written.</exception>
    public static ClusterKey Create(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=hpccr-cluster", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new StreamWriter(path, options))
        {
            file.Write(key.ExportPkcs8PrivateKeyPem() + "\n" + certificate.ExportCertificatePem() + "\n");
            file.Flush();
            ((FileStream)file.BaseStream).Flush(flushToDisk: true);
        }
        return Load(path);
    }

    /// <summary>Reads a key file.</summary>
    /// <param name="path">The file: mode 0600 or stricter, owned by root or by the current user.</param>
    /// <exception cref="ClusterKeyException">It is missing, is not a key file, or others could read or replace it.</exception>
    public static ClusterKey Load(string path)
    {
        var pem = ReadTrusted(path);
        try
        {
            return new ClusterKey(X509Certificate2.CreateFromPem(pem, pem));
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new ClusterKeyException($"{path} is no cluster key: it needs a PEM private key and its certificate; copy it again from a node that works", exception);
        }
    }

    /// <summary>Derives a secret from the private key (HKDF-SHA256): the same on every node, and of no use for anything else.</summary>
    /// <param name="purpose">What it is for; another purpose gives another secret.</param>
    /// <param name="bytes">How many bytes.</param>
    public byte[] Derive(string purpose, int bytes)
    {
        using var key = _certificate.GetECDsaPrivateKey() ?? throw new ClusterKeyException("the cluster's key is no ECDSA key; make a new one");
        var secret = key.ExportParameters(includePrivateParameters: true).D!;
        try
        {
            return HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, bytes, info: System.Text.Encoding.UTF8.GetBytes(purpose));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    internal SslClientAuthenticationOptions ClientOptions() => new()
    {
        TargetHost = "hpccr",
        EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls13,
        ClientCertificateContext = _context,
        RemoteCertificateValidationCallback = IsSameKey,
        CertificateChainPolicy = Offline(),
        AllowTlsResume = false,
    };

    internal SslServerAuthenticationOptions ServerOptions() => new()
    {
        EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls13,
        ServerCertificateContext = _context,
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = IsSameKey,
        CertificateChainPolicy = Offline(),
        AllowTlsResume = false,
    };

    private static string ReadTrusted(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var mode = File.GetUnixFileMode(file.SafeFileHandle);
            if ((mode & Forbidden) != 0)
                throw new ClusterKeyException($"{path} has mode {Convert.ToString((int)mode, 8)}: others may use the cluster's key; if nobody has, chmod 600 {path}, else make a new key");
            var owner = FileStatus.OwnerOf(file.SafeFileHandle);
            if (owner != 0 && owner != FileStatus.CurrentUser())
                throw new ClusterKeyException($"{path} belongs to user {owner}, neither to root nor to the current user {FileStatus.CurrentUser()}; chown it if its content is yours");
            if (file.Length > LargestFileBytes)
                throw new ClusterKeyException($"{path} is no cluster key: it has {file.Length} bytes");
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ClusterKeyException($"the cluster key {path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Nothing in a stranger's certificate may make us call somebody.</summary>
    private static X509ChainPolicy Offline() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        TrustMode = X509ChainTrustMode.CustomRootTrust,
    };

    private bool IsSameKey(object sender, X509Certificate? peer, X509Chain? chain, SslPolicyErrors errors) =>
        peer is X509Certificate2 certificate
        && CryptographicOperations.FixedTimeEquals(certificate.PublicKey.ExportSubjectPublicKeyInfo(), _publicKey);
}
