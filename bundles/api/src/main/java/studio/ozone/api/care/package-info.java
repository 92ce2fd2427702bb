/** Care of what the instance keeps: housekeeping and integrity, each step offered by the bundle whose data it is. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package studio.ozone.api.care;
