using System.Globalization;

namespace HpcCr.Criu.Images;

/// <summary>RLIMIT_CPU of the tasks of a dump, in core-PID.img.</summary>
public static class CpuLimitsImage
{
    private const int TaskField = 3;
    private const int LimitsField = 8; // within the task
    private const int LimitField = 1; // within the limits; in the kernel's order, the first is RLIMIT_CPU
    private const int SoftField = 1;
    private const int HardField = 2;

    /// <summary>Lowers limits by what was used of them: a restored task begins to count anew.</summary>
    /// <param name="folder">The images folder, which belongs to the caller alone; images are replaced as a whole.</param>
    /// <param name="usedSeconds">From the number of a task to the processor time that it had used.</param>
    /// <returns>How many tasks got lower limits.</returns>
    /// <exception cref="ImageFormatException">An image is missing, damaged or truncated.</exception>
    public static int Lower(string folder, IReadOnlyDictionary<int, ulong> usedSeconds)
    {
        ArgumentNullException.ThrowIfNull(usedSeconds);
        return usedSeconds.Count(used =>
        {
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"core-{used.Key}.img"));
            return ImageFault.Named(path, () => Lower(path, used.Value));
        });
    }

    private static bool Lower(string path, ulong used)
    {
        var document = ImageDocument.Read(path, ImageMagic.Core);
        if (document.Entries.Count == 0)
            throw new ImageFormatException("there is no entry");
        var core = WireMessage.Parse(document.Entries[0].Message);
        if (core.GetMessage(TaskField) is not { } task || task.GetMessage(LimitsField) is not { } limits || limits.GetMessages(LimitField) is not [var cpu, ..] all)
            return false;
        var isLowered = Lower(cpu, SoftField, used) | Lower(cpu, HardField, used);
        if (!isLowered)
            return false;
        limits.SetMessages(LimitField, [cpu, .. all.Skip(1)]);
        task.SetMessage(LimitsField, limits);
        core.SetMessage(TaskField, task);
        document.Entries[0] = document.Entries[0].With(core);
        document.Replace(path);
        return true;
    }

    // A limit of 0 would end it at once, and one that is all used does so within a second.
    private static bool Lower(WireMessage limit, int field, ulong used)
    {
        if (limit.GetVarint(field) is not { } seconds || seconds == ulong.MaxValue || used == 0)
            return false;
        limit.SetVarint(field, seconds > used ? seconds - used : 1);
        return true;
    }
}
