#!/usr/bin/perl
# terminalstream.pl LINES: reads so many numbered lines from a program in a terminal, slowly at first, so that lines wait in the terminal all the time; says which are not as written.
use strict;
use warnings;
use IO::Handle;
use POSIX ();

my $lines = $ARGV[0];
sysopen(my $master, '/dev/ptmx', 2) or die "ptmx: $!";
my $number = pack('i', 0);
ioctl($master, 0x40045431, $number) or die "unlock: $!";
ioctl($master, 0x80045430, $number) or die "number: $!";
my $slave = '/dev/pts/' . unpack('i', $number);
my $child = fork();
if ($child == 0) {
    POSIX::setsid();
    open(STDOUT, '+<', $slave) or die "$slave: $!";
    close($master);
    exec('seq', '-f', 'line %.0f', 1, $lines);
}
# The child has it open by the time that it writes.
my ($text, $read, $wrong) = ('', 0, 0);
print "started\n";
STDOUT->flush();
while (1) {
    my $count = sysread($master, my $more, 20);
    last unless $count;
    $text .= $more;
    while ($text =~ s/^([^\n]*)\n//) {
        $read++;
        if ($1 ne "line $read\r") {
            $wrong++;
            print "line $read is '" . ($1 =~ s/\r/\\r/gr) . "'\n" if $wrong < 5;
        }
    }
    select(undef, undef, undef, 0.002);
}
waitpid($child, 0);
print "final $read lines, $wrong wrong\n";
