//! The edge over real TLS on loopback: what a client on the network can and cannot get.

mod authn;
mod harness;
mod http;
mod life;
mod metrics;
mod paths;
