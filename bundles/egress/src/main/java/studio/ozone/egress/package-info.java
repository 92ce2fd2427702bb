/**
 * The one way out. In reading order: {@link studio.ozone.egress.Host} reads every spelling of a host,
 * {@link studio.ozone.egress.Kind} says what an address is for, {@link studio.ozone.egress.Allowed} what a configuration key names,
 * {@link studio.ozone.egress.Policy} decides and resolves, {@link studio.ozone.egress.ChannelSocket} is the connection,
 * {@link studio.ozone.egress.Hop} one request over it, {@link studio.ozone.egress.Sender} follows redirects,
 * {@link studio.ozone.egress.ConnectionLog} keeps what happened, and {@link studio.ozone.egress.BundleEgress} is the service.
 */
@Toggle(pid = "ozone.egress", key = "enabled")
package studio.ozone.egress;

import studio.ozone.api.capability.Toggle;
