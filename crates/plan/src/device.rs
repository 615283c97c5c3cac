//! Devices by name, as far as they are compiled in.

use burn::tensor::Device;

/// Why there is no such device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("device `{name}` is unknown or not compiled in; this build has {}", compiled().join(", "))]
pub struct DeviceError {
    /// Name as written.
    pub name: String,
}

/// Names of the devices that this build has.
pub fn compiled() -> Vec<&'static str> {
    vec![
        #[cfg(feature = "flex")]
        "flex",
        #[cfg(feature = "ndarray")]
        "ndarray",
        #[cfg(feature = "tch")]
        "tch",
        #[cfg(feature = "cuda")]
        "cuda",
    ]
}

/// The device called `name`, without autodiff.
///
/// # Errors
/// If it is unknown or not compiled in.
#[cfg_attr(
    any(feature = "ndarray", feature = "tch"),
    expect(deprecated, reason = "Burn prefers flex and CubeCL; both are kept for comparison")
)]
pub fn device(name: &str) -> Result<Device, DeviceError> {
    match name {
        #[cfg(feature = "flex")]
        "flex" => Ok(Device::flex()),
        #[cfg(feature = "ndarray")]
        "ndarray" => Ok(Device::ndarray()),
        #[cfg(feature = "tch")]
        "tch" => Ok(Device::libtorch()),
        #[cfg(feature = "cuda")]
        "cuda" => Ok(Device::cuda(0)),
        _ => Err(DeviceError { name: name.to_owned() }),
    }
}
