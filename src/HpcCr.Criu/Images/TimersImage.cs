namespace HpcCr.Criu.Images;

/// <summary>The timers with a descriptor (timerfd_create(2)) of a dump, in files.img.</summary>
public static class TimersImage
{
    private const int TimerField = 12;
    private const int ExpiriesField = 5;
    private const int FlagsField = 6;
    private const int SecondsField = 7;
    private const int NanosecondsField = 8;
    private const int IntervalSecondsField = 9;
    private const int IntervalNanosecondsField = 10;
    private const uint AbsoluteTime = 1;
    private const uint CancelOnSet = 2;

    /// <summary>
    /// Has the engine start timers as they were. A periodic timer whose last expiry nobody has read shows no time that is left; set so, it would never fire again: it gets its interval.
    /// The time left of one that was set to an absolute time is added to whole seconds of the clock, and so may be over already: it is set as time left.
    /// </summary>
    /// <param name="folder">The images folder, which belongs to the caller alone; files.img is replaced as a whole.</param>
    /// <returns>How many timers were changed; with none the image is not touched.</returns>
    /// <exception cref="ImageFormatException">The image is missing, damaged or truncated; nothing was changed.</exception>
    public static int Repair(string folder)
    {
        var path = Path.Combine(folder, "files.img");
        return ImageFault.Named(path, () => Repair(path, ImageDocument.Read(path, ImageMagic.Files)));
    }

    private static int Repair(string path, ImageDocument document)
    {
        var changed = 0;
        for (var i = 0; i < document.Entries.Count; i++)
        {
            var file = WireMessage.Parse(document.Entries[i].Message);
            if (file.GetMessage(TimerField) is not { } timer || !Repair(timer))
                continue;
            file.SetMessage(TimerField, timer);
            document.Entries[i] = document.Entries[i].With(file);
            changed++;
        }

        if (changed > 0)
            document.Replace(path);
        return changed;
    }

    private static bool Repair(WireMessage timer)
    {
        var before = timer.ToArray();
        var hasTimeLeft = Has(timer, SecondsField, NanosecondsField);
        if (!hasTimeLeft && timer.GetVarint(ExpiriesField) > 0 && Has(timer, IntervalSecondsField, IntervalNanosecondsField))
        {
            timer.SetVarint(SecondsField, timer.GetVarint(IntervalSecondsField) ?? 0);
            timer.SetVarint(NanosecondsField, timer.GetVarint(IntervalNanosecondsField) ?? 0);
            hasTimeLeft = true;
        }

        // To be told of a clock that was set is only for absolute times.
        if (hasTimeLeft && timer.GetUInt32(FlagsField) is { } flags && (flags & (AbsoluteTime | CancelOnSet)) == AbsoluteTime)
            timer.SetVarint(FlagsField, flags & ~AbsoluteTime);
        return !before.AsSpan().SequenceEqual(timer.ToArray());
    }

    private static bool Has(WireMessage timer, int seconds, int nanoseconds) => timer.GetVarint(seconds) > 0 || timer.GetVarint(nanoseconds) > 0;
}
