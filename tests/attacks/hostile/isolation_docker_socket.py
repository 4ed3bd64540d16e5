# tries: the socket of a container daemon
# full: refused
# raw: completed
# policy: refused
import socket
for path in (
    "/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock",
    "/run/crio/crio.sock", "/run/dbus/system_bus_socket", "/run/systemd/private", "/proc/1/root/run/docker.sock",
):
    try:
        s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        s.connect(path)
        print("ESCAPED", path)
    except OSError as e:
        print("refused", e)
