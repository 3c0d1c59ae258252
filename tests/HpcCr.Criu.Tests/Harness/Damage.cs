namespace HpcCr.Criu.Tests.Harness;

/// <summary>Random damage to a file.</summary>
internal static class Damage
{
    /// <summary>Cut short, overwritten in some places, one bit flipped, or something put in.</summary>
    public static byte[] Of(byte[] whole, Random random)
    {
        var damaged = whole.ToArray();
        switch (random.Next(4))
        {
            case 0:
                return damaged[..random.Next(damaged.Length)];
            case 1:
                for (var i = random.Next(1, 8); i > 0; i--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                return damaged;
            case 2:
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
                return damaged;
            default:
                var at = random.Next(damaged.Length);
                var extra = new byte[random.Next(1, 64)];
                random.NextBytes(extra);
                return [.. damaged[..at], .. extra, .. damaged[at..]];
        }
    }
}
