/**
 * What a process computes with: {@link io.blockwise.job.device.EngineSelection} chooses the engine
 * and {@link io.blockwise.job.device.DeviceChoice} its CPU or GPU, by asking and by trying; {@link
 * io.blockwise.job.device.Threads} is the environment that the native libraries need.
 */
package io.blockwise.job.device;
