namespace HpcCr.Linux;

/// <summary>Names and classes of <see cref="TcpState"/>.</summary>
public static class TcpStates
{
    /// <summary>The kernel's own name of a state: <c>FIN_WAIT1</c>; <c>state 99</c> for one that it does not name.</summary>
    public static string NameOf(TcpState state) => state switch
    {
        TcpState.Established => "ESTABLISHED",
        TcpState.SynSent => "SYN_SENT",
        TcpState.SynReceived => "SYN_RECV",
        TcpState.FinWait1 => "FIN_WAIT1",
        TcpState.FinWait2 => "FIN_WAIT2",
        TcpState.TimeWait => "TIME_WAIT",
        TcpState.Close => "CLOSE",
        TcpState.CloseWait => "CLOSE_WAIT",
        TcpState.LastAck => "LAST_ACK",
        TcpState.Listen => "LISTEN",
        TcpState.Closing => "CLOSING",
        TcpState.NewSynReceived => "NEW_SYN_RECV",
        TcpState.BoundInactive => "BOUND_INACTIVE",
        _ => $"state {(int)state}",
    };

    /// <summary>Whether both ends agreed on the connection and it is not over: data or a FIN may be under way.</summary>
    public static bool IsConnected(TcpState state) => state is TcpState.Established or TcpState.CloseWait
        or TcpState.FinWait1 or TcpState.FinWait2 or TcpState.Closing or TcpState.LastAck;
}
