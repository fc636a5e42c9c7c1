//! Services, wherever they stand (MODEL-151 to MODEL-153, MODEL-155, MODEL-156).

use crate::Service;

use super::check::{check, requires_port};
use super::names::is_service_name;
use super::place::Block;
use super::scope::{At, rules};

/// Kinds of services that the mesh knows; `""` is an ordinary one.
const KINDS: [&str; 5] = ["", "api-gateway", "ingress-gateway", "mesh-gateway", "terminating-gateway"];

pub(super) const ON_UPDATE: [&str; 3] = ["require_healthy", "ignore_warnings", "ignore"];

/// What is wrong with a service by itself, its checks included.
pub(super) fn service(at: &mut At<'_>, service: &Service) {
    let Service { name, address, address_mode: mode, on_update, provider, .. } = service;
    let knows_mode = matches!(mode.as_str(), "" | "auto" | "host" | "driver" | "alloc" | "alloc_ipv6");
    let own_address = matches!(mode.as_str(), "host" | "driver" | "alloc" | "alloc_ipv6");
    let knows_provider = matches!(provider.as_str(), CONSUL | NOMAD);
    let anyone = service.identity.as_ref().is_some_and(|identity| identity.audience.is_empty());
    rules! { at;
        "MODEL-151" "name" "Name" if !is_service_name(name)
            => "{:?} is no name of a service; use 1 to 63 letters, digits and dashes, no dash first or last", name;
        "MODEL-152" "address-needs-auto" "AddressMode" if own_address && !address.is_empty()
            => "is {:?}, and Address is {:?}; a fixed address goes with the mode auto", mode, address;
        else "MODEL-152" "address-mode" "AddressMode" if !knows_mode
            => "{:?} is unknown; use auto, host, driver, alloc or alloc_ipv6", mode;
        "MODEL-152" "on-update" "OnUpdate" if !on_update.is_empty() && !ON_UPDATE.contains(&on_update.as_str())
            => "{:?} is unknown; use one of {}", on_update, ON_UPDATE.join(", ");
        "MODEL-152" "provider" "Provider" if !knows_provider
            => "{:?} is unknown; use {} or {}", provider, CONSUL, NOMAD;
        "MODEL-152" "identity-audience" "Identity" if anyone
            => "has no Audience; name whom the token is for";
    }
    for (index, one) in service.checks.iter().enumerate() {
        let at = &mut at.element(Block::Check, index, &one.name);
        let no_port = requires_port(one) && one.port_label.is_empty() && service.port_label.is_empty();
        rules! { at;
            "MODEL-153" "check-port" "PortLabel" if no_port
                => "is missing, of the service too; name the port to try";
        }
        if !no_port {
            check(at, one, provider);
        }
    }
    rules! { at;
        "MODEL-155" "kind" "Kind" if provider == CONSUL && !KINDS.contains(&service.kind.as_str())
            => "{:?} is unknown; use one of {}, or leave it out", service.kind, KINDS[1..].join(", ");
        "MODEL-156" "connect" "Connect" if provider == NOMAD && !service.connect.is_null()
            => "is for the provider {}; leave it out, or use that provider", CONSUL;
    }
}

/// The two catalogues.
pub(super) const CONSUL: &str = "consul";
pub(super) const NOMAD: &str = "nomad";
