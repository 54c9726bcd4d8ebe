//! From the environment to [`Whereabouts`].

use crate::{environment::Environment, model::whereabouts::Whereabouts};

/// What sshd sets for a session (sshd(8), ENVIRONMENT).
const OF_SSH: [&str; 3] = ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"];
/// What WSL sets in every shell.
const OF_WSL: [&str; 2] = ["WSL_DISTRO_NAME", "WSL_INTEROP"];
/// What container managers set: systemd's `CONTAINER_INTERFACE` (`container=podman`, `lxc`, `systemd-nspawn` …), and
/// the kubelet.
const OF_CONTAINER: [&str; 2] = ["container", "KUBERNETES_SERVICE_HOST"];
/// Where windows are shown.
const OF_DISPLAY: [&str; 2] = ["DISPLAY", "WAYLAND_DISPLAY"];

/// Where the program runs. What is farther from the person's browser wins: SSH over everything, since the browser is on
/// another machine; WSL, which sets `DISPLAY` and seldom has a browser of its own; and a container unless it has a
/// display, for then it shows windows to the person (`toolbox`, X forwarded).
#[must_use]
pub fn whereabouts(environment: &Environment) -> Whereabouts {
    let any = |names: &[&str]| names.iter().any(|name| environment.variable(name).is_some());
    if any(&OF_SSH) {
        Whereabouts::Ssh
    } else if any(&OF_WSL) {
        Whereabouts::Wsl
    } else if any(&OF_DISPLAY) || cfg!(any(target_os = "macos", windows)) {
        Whereabouts::Desktop
    } else if any(&OF_CONTAINER) || environment.has_container_mark() {
        Whereabouts::Container
    } else {
        Whereabouts::NoDisplay
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::http::scripted::world_with;

    #[test]
    fn the_place_is_told_by_what_the_environment_says() {
        use Whereabouts::{Container, Desktop, NoDisplay, Ssh, Wsl};
        let desktop = cfg!(any(target_os = "macos", windows));
        let unless_desktop = |place| if desktop { Desktop } else { place };
        for (variables, expected) in [
            (&[][..], unless_desktop(NoDisplay)),
            (&[("TERM", "linux")], unless_desktop(NoDisplay)),
            (&[("DISPLAY", "")], unless_desktop(NoDisplay)),
            (&[("DISPLAY", ":0")], Desktop),
            (&[("WAYLAND_DISPLAY", "wayland-0")], Desktop),
            (&[("SSH_TTY", "/dev/pts/0")], Ssh),
            (&[("SSH_CLIENT", "192.0.2.1 5 22"), ("DISPLAY", ":10")], Ssh),
            (&[("SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22"), ("container", "lxc")], Ssh),
            (&[("container", "podman")], unless_desktop(Container)),
            (&[("KUBERNETES_SERVICE_HOST", "10.0.0.1")], unless_desktop(Container)),
            (&[("container", "oci"), ("DISPLAY", ":0")], Desktop),
            (&[("WSL_DISTRO_NAME", "Debian")], Wsl),
            (&[("WSL_DISTRO_NAME", "Debian"), ("DISPLAY", ":0")], Wsl),
            (&[("WSL_INTEROP", "/run/WSL/8_interop")], Wsl),
        ] {
            assert_eq!(whereabouts(&world_with(variables).environment), expected, "{variables:?}");
        }
    }

    #[test]
    fn a_container_without_variables_is_known_by_its_mark() {
        let environment = world_with(&[]).environment.in_container();
        let expected = if cfg!(any(target_os = "macos", windows)) {
            Whereabouts::Desktop
        } else {
            Whereabouts::Container
        };
        assert_eq!(whereabouts(&environment), expected);
    }
}
