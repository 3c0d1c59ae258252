namespace HpcCr.Coordinator;

/// <summary>How the reading of a journal ended.</summary>
internal enum JournalEnd
{
    /// <summary>At its end, everything read.</summary>
    Whole,

    /// <summary>At a record that was not written to its end; nothing follows.</summary>
    Torn,

    /// <summary>At something that is no record, with records behind it.</summary>
    Damaged,

    /// <summary>At once: it does not begin like a journal of this version.</summary>
    NoJournal,
}
