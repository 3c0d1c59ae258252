namespace HpcCr.Core;

/// <summary>What the state of one end says about the two FINs of its connection.</summary>
internal static class TcpEndState
{
    /// <summary>It has asked for a connection and heard nothing yet.</summary>
    public const string SynSent = "SYN_SENT";

    /// <summary>Its own FIN is queued or sent, and not acknowledged.</summary>
    public static bool HasFinInQueue(ConnectionRecord end) => end.State is "FIN_WAIT1" or "CLOSING" or "LAST_ACK";

    /// <summary>Its own FIN was queued at some time.</summary>
    public static bool HasWrittenFin(ConnectionRecord end) => HasFinInQueue(end) || end.State is "FIN_WAIT2" or "CLOSE";

    /// <summary>The peer's FIN has arrived.</summary>
    public static bool HasReceivedFin(ConnectionRecord end) => end.State is "CLOSE_WAIT" or "CLOSING" or "LAST_ACK" or "CLOSE";
}
