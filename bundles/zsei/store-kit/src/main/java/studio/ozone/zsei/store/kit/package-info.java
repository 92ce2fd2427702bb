/** The contract of {@link studio.ozone.api.zsei.ContainerStore}, as tests that each implementation extends. */
package studio.ozone.zsei.store.kit;
