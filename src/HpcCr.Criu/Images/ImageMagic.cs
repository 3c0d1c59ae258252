namespace HpcCr.Criu.Images;

/// <summary>The numbers at the head of an image, little-endian.</summary>
public static class ImageMagic
{
    /// <summary>First of nearly every image; the type's own number follows.</summary>
    public const uint Common = 0x54564319;

    /// <summary>First of statistics and caches; the type's own number follows.</summary>
    public const uint Service = 0x55105940;

    /// <summary>inventory.img, which alone carries only its own number.</summary>
    public const uint Inventory = 0x58313116;

    /// <summary>pstree.img: the tasks, parents first.</summary>
    public const uint Tasks = 0x50273030;

    /// <summary>core-PID.img: registers, credentials, signals of a thread.</summary>
    public const uint Core = 0x55053847;

    /// <summary>files.img.</summary>
    public const uint Files = 0x56303138;

    /// <summary>fdinfo-N.img.</summary>
    public const uint Descriptors = 0x56213732;

    /// <summary>mm-PID.img.</summary>
    public const uint Memory = 0x57492820;

    /// <summary>fs-PID.img.</summary>
    public const uint Folders = 0x51403912;

    /// <summary>remap-fpath.img.</summary>
    public const uint RemappedPaths = 0x59133954;

    /// <summary>tty-info.img.</summary>
    public const uint Terminals = 0x59453036;

    /// <summary>filelocks.img.</summary>
    public const uint FileLocks = 0x54323616;

    /// <summary>pagemap-N.img and pagemap-shmem-N.img.</summary>
    public const uint PageMap = 0x56084025;

    /// <summary>tcp-stream-INODE.img: one entry, then the bytes of the receive queue and of the send queue.</summary>
    public const uint TcpStream = 0x51465506;

    /// <summary>reg-files.img of older engines; newer ones have these entries in files.img.</summary>
    public const uint RegularFiles = 0x50363636;

    /// <summary>inetsk.img of older engines; newer ones have these entries in files.img.</summary>
    public const uint InetSockets = 0x56443851;

    /// <summary>mountpoints-N.img: the mounts of one mount namespace.</summary>
    public const uint Mounts = 0x55563928;

    /// <summary>pipes-data.img: the bytes in a pipe follow its entry.</summary>
    public const uint PipesData = 0x56453709;

    /// <summary>fifo-data.img: like <see cref="PipesData"/>.</summary>
    public const uint FifoData = 0x59333054;

    /// <summary>sk-queues.img: the bytes of a packet in a unix socket's queue follow its entry.</summary>
    public const uint SocketQueues = 0x56264026;

    /// <summary>ghost-file-N.img: contents of a file without a name follow, whole or in pieces.</summary>
    public const uint GhostFile = 0x52583605;

    /// <summary>ipcns-shm-N.img: the bytes of a SysV segment follow its entry.</summary>
    public const uint SysVMemory = 0x46283044;

    /// <summary>ipcns-msg-N.img: the messages of a SysV queue follow its entry.</summary>
    public const uint SysVMessages = 0x55453737;

    /// <summary>ipcns-sem-N.img: the values of a SysV set follow its entry.</summary>
    public const uint SysVSemaphores = 0x59573019;

    /// <summary>bpfmap-data.img: keys and values follow the entry.</summary>
    public const uint BpfMapData = 0x64324033;
}
