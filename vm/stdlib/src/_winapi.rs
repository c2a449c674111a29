//! `_winapi`: what `subprocess`, `multiprocessing` and their friends call of Windows. Handles are ints.

use std::ffi::CString;
use std::io;
use std::sync::{Mutex, PoisonError};

use freeze_runtime::os::{self, Handle, handles, mapping, pipes, process, spawn};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::int;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, ModuleDef, NativeDef, Value, Vm, native};

use crate::convert;

pub(crate) fn handle(vm: &Vm, v: &Value) -> PyResult<Handle> {
    if v.is_none() {
        return Ok(0);
    }
    match int::as_i64(&vm.index(v)?) {
        Some(n) => Ok(n as Handle),
        // A pointer with its highest bit set.
        None => Ok(-1),
    }
}

fn number(vm: &Vm, v: &Value) -> PyResult<u32> {
    vm.to_i64(v).map(|n| n as u32)
}

fn value(handle: Handle) -> Value {
    Value::int(handle as i64)
}

fn text(vm: &Vm, v: Option<&Value>) -> PyResult<Option<CString>> {
    v.filter(|v| !v.is_none()).map(|v| convert::path(vm, v, "argument")?.c(vm)).transpose()
}

fn needed(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<CString> {
    convert::path(vm, args.get(i), &format!("{}: argument", args.name()))?.c(vm)
}

fn fail(vm: &Vm) -> impl Fn(io::Error) -> freeze_runtime::Raised {
    move |e| vm.os_error(&e, None)
}

fn done(vm: &Vm, r: io::Result<()>) -> PyResult<Value> {
    r.map(|()| Value::NONE).map_err(fail(vm))
}

fn tuple(items: Vec<Value>) -> Value {
    PyTuple::new(items).into_value()
}

fn close_handle(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let h = handle(vm, args.get(0))?;
    done(vm, vm.allow_threads(|| handles::close(h)))
}

fn create_pipe(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (read, write) = pipes::create(number(vm, args.get(1))?).map_err(fail(vm))?;
    Ok(tuple(vec![value(read), value(write)]))
}

/// A field of `STARTUPINFO`.
fn field(vm: &Vm, info: &Value, name: &str) -> PyResult<Option<Value>> {
    if info.is_none() {
        return Ok(None);
    }
    Ok(vm.get_attr_opt(info, &vm.intern(name))?.filter(|v| !v.is_none()))
}

fn create_process(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (program, line) = (text(vm, args.opt(0))?, text(vm, args.opt(1))?);
    let inherit = vm.is_true(args.get(4))?;
    let flags = number(vm, args.get(5))?;
    let environment = args.opt_not_none(6).map(|e| crate::posix::env_block(vm, e)).transpose()?;
    let folder = text(vm, args.opt(7))?;
    let info = args.get(8);
    let of = |name: &str| -> PyResult<Handle> { field(vm, info, name)?.map_or(Ok(0), |v| handle(vm, &v)) };
    let flag = |name: &str| -> PyResult<u32> { field(vm, info, name)?.map_or(Ok(0), |v| number(vm, &v)) };
    let list = match field(vm, info, "lpAttributeList")? {
        Some(attributes) => vm.call_method(&attributes, "get", &[vm.str("handle_list")])?,
        None => Value::NONE,
    };
    let list = match list.is_none() {
        true => None,
        false => Some(vm.to_vec(&list)?.iter().map(|h| handle(vm, h)).collect::<PyResult<Vec<_>>>()?),
    };
    let request = spawn::Start {
        program: program.as_deref(),
        command_line: line.as_deref(),
        inherit,
        flags,
        environment: environment.as_deref(),
        folder: folder.as_deref(),
        info: (flag("dwFlags")?, flag("wShowWindow")? as u16, [of("hStdInput")?, of("hStdOutput")?, of("hStdError")?]),
        handles: list,
    };
    let s = vm.allow_threads(|| spawn::start(&request)).map_err(fail(vm))?;
    Ok(tuple(vec![value(s.process), value(s.thread), Value::int(s.pid.into()), Value::int(s.tid.into())]))
}

fn duplicate_handle(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let [from, source, to] = [0, 1, 2].map(|i| handle(vm, args.get(i)));
    let (access, inherit) = (number(vm, args.get(3))?, vm.is_true(args.get(4))?);
    let options = args.opt_i64(vm, 5, 0)? as u32;
    handles::duplicate(from?, source?, to?, access, inherit, options).map(value).map_err(fail(vm))
}

fn get_current_process(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(value(handles::current_process()))
}

fn get_exit_code_process(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    spawn::exit_code(handle(vm, args.get(0))?).map(|n| Value::int(n.into())).map_err(fail(vm))
}

fn get_last_error(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(io::Error::last_os_error().raw_os_error().unwrap_or(0).into()))
}

/// The system's text for an error, which `ctypes.FormatError` shows.
fn format_message(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(vm.str(&freeze_runtime::os::winerror_text(args.i64(vm, 0)? as i32)))
}

fn get_std_handle(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(process::standard_handle(number(vm, args.get(0))?).map_err(fail(vm))?.map_or(Value::NONE, value))
}

fn get_file_type(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(process::file_kind(handle(vm, args.get(0))?).into()))
}

fn get_module_file_name(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let path = std::env::current_exe().map_err(fail(vm))?;
    Ok(convert::decode_fs(path.as_os_str().as_encoded_bytes()).into_value())
}

fn get_acp(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(process::code_page().into()))
}

fn exit_process(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    process::exit_now(number(vm, args.get(0))?.cast_signed())
}

fn open_process(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (access, inherit, pid) = (number(vm, args.get(0))?, vm.is_true(args.get(1))?, number(vm, args.get(2))?);
    spawn::open(pid, access, inherit).map(value).map_err(fail(vm))
}

fn terminate_process(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, spawn::terminate(handle(vm, args.get(0))?, number(vm, args.get(1))?))
}

fn wait_for_single_object(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (h, millis) = (handle(vm, args.get(0))?, number(vm, args.get(1))?);
    let r = vm.allow_threads(|| handles::wait(h, millis)).map_err(fail(vm))?;
    Ok(Value::int(r.into()))
}

const WAIT_TIMEOUT: u32 = 258;

fn handle_list(vm: &Vm, v: &Value) -> PyResult<Vec<Handle>> {
    vm.to_vec(v)?.iter().map(|h| handle(vm, h)).collect()
}

fn wait_for_multiple_objects(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mut list = handle_list(vm, args.get(0))?;
    let (all, millis) = (vm.is_true(args.get(1))?, args.opt_i64(vm, 2, i64::from(u32::MAX))? as u32);
    let n = list.len();
    if n > 63 {
        return Err(vm.value_error("need at most 63 handles, got a sequence of length ".to_owned() + &n.to_string()));
    }
    // Ctrl-C ends the wait of the main thread.
    let main = vm.ident == freeze_runtime::vm::signals::main_thread() && !all;
    if main {
        list.push(os::signal::interrupt_event());
    }
    loop {
        let r = vm.allow_threads(|| handles::wait_many(&list, all, millis)).map_err(fail(vm))?;
        if main && r as usize == n {
            os::signal::forget_interrupt();
            vm.check_signals()?;
            continue;
        }
        return Ok(Value::int(r.into()));
    }
}

/// As many handles as there are; gives the indices of those that are set.
fn batched_wait(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list = handle_list(vm, args.get(0))?;
    let (all, millis) = (vm.is_true(args.get(1))?, args.opt_i64(vm, 2, i64::from(u32::MAX))? as u32);
    let start = std::time::Instant::now();
    loop {
        let mut set = Vec::new();
        for (i, h) in list.iter().enumerate() {
            if handles::wait(*h, 0).map_err(fail(vm))? != WAIT_TIMEOUT {
                set.push(i);
            }
        }
        if if all { set.len() == list.len() } else { !set.is_empty() } {
            let indices = set.into_iter().map(Value::usize).collect();
            return Ok(freeze_runtime::types::list::PyList::new(indices).into_value());
        }
        if millis != u32::MAX && start.elapsed().as_millis() >= u128::from(millis) {
            return Err(vm.os_error(&io::Error::from_raw_os_error(WAIT_TIMEOUT as i32), None));
        }
        vm.allow_threads(|| std::thread::sleep(std::time::Duration::from_millis(1)));
        vm.check_signals()?;
    }
}

fn create_file(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = needed(vm, &args, 0)?;
    let numbers =
        [number(vm, args.get(1))?, number(vm, args.get(2))?, number(vm, args.get(4))?, number(vm, args.get(5))?];
    vm.allow_threads(|| pipes::open(&name, numbers)).map(value).map_err(fail(vm))
}

fn create_named_pipe(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = needed(vm, &args, 0)?;
    let mut numbers = [0; 6];
    for (i, n) in numbers.iter_mut().enumerate() {
        *n = number(vm, args.get(i + 1))?;
    }
    pipes::create_named(&name, numbers).map(value).map_err(fail(vm))
}

fn wait_named_pipe(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (name, millis) = (needed(vm, &args, 0)?, number(vm, args.get(1))?);
    done(vm, vm.allow_threads(|| pipes::wait(&name, millis)))
}

fn peek_named_pipe(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (h, size) = (handle(vm, args.get(0))?, args.opt_i64(vm, 1, 0)?.max(0) as usize);
    let (data, there, left) = pipes::peek(h, size).map_err(fail(vm))?;
    let mut items = vec![Value::int(there.into()), Value::int(left.into())];
    if size > 0 {
        items.insert(0, PyBytes::from_vec(data).into_value());
    }
    Ok(tuple(items))
}

fn set_named_pipe_handle_state(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let h = handle(vm, args.get(0))?;
    match args.opt_not_none(1) {
        Some(mode) => done(vm, pipes::set_mode(h, number(vm, mode)?)),
        None => Ok(Value::NONE),
    }
}

fn connect_named_pipe(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let h = handle(vm, args.get(0))?;
    if args.opt_bool(vm, 1, false)? {
        return overlapped::connect(vm, h);
    }
    done(vm, vm.allow_threads(|| pipes::connect(h)))
}

fn read_file(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (h, size) = (handle(vm, args.get(0))?, args.i64(vm, 1)?.max(0) as usize);
    if args.opt_bool(vm, 2, false)? {
        return overlapped::read(vm, h, size);
    }
    let (data, error) = vm.allow_threads(|| pipes::read(h, size)).map_err(fail(vm))?;
    Ok(tuple(vec![PyBytes::from_vec(data).into_value(), Value::int(error.into())]))
}

fn write_file(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (h, data) = (handle(vm, args.get(0))?, convert::bytes_of(vm, args.get(1))?);
    if args.opt_bool(vm, 2, false)? {
        return overlapped::write(vm, h, data);
    }
    let n = vm.allow_threads(|| pipes::write(h, &data)).map_err(fail(vm))?;
    Ok(tuple(vec![Value::usize(n), Value::small(0)]))
}

fn create_file_mapping(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (high, low) = (number(vm, args.get(3))?, number(vm, args.get(4))?);
    let name = needed(vm, &args, 5)?;
    let size = u64::from(high) << 32 | u64::from(low);
    let (h, before) = mapping::create_named(size, number(vm, args.get(2))?, &name).map_err(fail(vm))?;
    process::set_last_error(if before { ERROR_ALREADY_EXISTS } else { 0 });
    Ok(value(h))
}

const ERROR_ALREADY_EXISTS: u32 = 183;

fn open_file_mapping(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    mapping::open_named(number(vm, args.get(0))?, &needed(vm, &args, 2)?).map(value).map_err(fail(vm))
}

/// The sizes of what `MapViewOfFile` showed: nobody may look at it, only ask how large it is.
static VIEWS: Mutex<Vec<usize>> = Mutex::new(Vec::new());

fn map_view_of_file(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let size = mapping::size_of_named(handle(vm, args.get(0))?).map_err(fail(vm))?;
    let mut views = VIEWS.lock().unwrap_or_else(PoisonError::into_inner);
    views.push(size);
    Ok(Value::usize(views.len()))
}

fn virtual_query_size(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let i = args.i64(vm, 0)?;
    let views = VIEWS.lock().unwrap_or_else(PoisonError::into_inner);
    let found = usize::try_from(i).ok().and_then(|i| views.get(i.wrapping_sub(1)).copied());
    found.map(Value::usize).ok_or_else(|| vm.value_error("no view of MapViewOfFile"))
}

fn unmap_view_of_file(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NONE)
}

fn need_current_directory(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let has_folder = needed(vm, &args, 0)?.as_bytes().contains(&b'\\');
    Ok(Value::bool(has_folder || std::env::var_os("NoDefaultCurrentDirectoryInExePath").is_none()))
}

static FUNCTIONS: &[NativeDef] = &[
    native("BatchedWaitForMultipleObjects(handle_seq, wait_all, milliseconds=0xFFFFFFFF)", "", batched_wait),
    native("_format_message(code, /)", "", format_message),
    native("CloseHandle(handle, /)", "Close handle.", close_handle),
    native("ConnectNamedPipe(handle, overlapped=False)", "", connect_named_pipe),
    native(
        "CreateFile(file_name, desired_access, share_mode, security_attributes, creation_disposition, flags_and_attributes, template_file, /)",
        "",
        create_file,
    ),
    native(
        "CreateFileMapping(file_handle, security_attributes, protect, max_size_high, max_size_low, name, /)",
        "",
        create_file_mapping,
    ),
    native(
        "CreateNamedPipe(name, open_mode, pipe_mode, max_instances, out_buffer_size, in_buffer_size, default_timeout, security_attributes, /)",
        "",
        create_named_pipe,
    ),
    native("CreatePipe(pipe_attrs, size, /)", "Create an anonymous pipe.", create_pipe),
    native(
        "CreateProcess(application_name, command_line, proc_attrs, thread_attrs, inherit_handles, creation_flags, env_mapping, current_directory, startup_info, /)",
        "Create a new process and its primary thread.",
        create_process,
    ),
    native(
        "DuplicateHandle(source_process_handle, source_handle, target_process_handle, desired_access, inherit_handle, options=0, /)",
        "Return a duplicate handle object.",
        duplicate_handle,
    ),
    native("ExitProcess(ExitCode, /)", "", exit_process),
    native("GetACP()", "Get the current Windows ANSI code page identifier.", get_acp),
    native("GetCurrentProcess()", "Return a handle object for the current process.", get_current_process),
    native(
        "GetExitCodeProcess(process, /)",
        "Return the termination status of the specified process.",
        get_exit_code_process,
    ),
    native("GetFileType(handle)", "", get_file_type),
    native("GetLastError()", "", get_last_error),
    native(
        "GetModuleFileName(module_handle, /)",
        "Return the fully-qualified path of the program.",
        get_module_file_name,
    ),
    native("GetStdHandle(std_handle, /)", "Return a handle to the specified standard device.", get_std_handle),
    native(
        "MapViewOfFile(file_map, desired_access, file_offset_high, file_offset_low, number_bytes, /)",
        "",
        map_view_of_file,
    ),
    native("NeedCurrentDirectoryForExePath(exe_name, /)", "", need_current_directory),
    native("OpenFileMapping(desired_access, inherit_handle, name, /)", "", open_file_mapping),
    native("OpenProcess(desired_access, inherit_handle, process_id, /)", "", open_process),
    native("PeekNamedPipe(handle, size=0, /)", "", peek_named_pipe),
    native("ReadFile(handle, size, overlapped=False)", "", read_file),
    native(
        "SetNamedPipeHandleState(named_pipe, mode, max_collection_count, collect_data_timeout, /)",
        "",
        set_named_pipe_handle_state,
    ),
    native(
        "TerminateProcess(handle, exit_code, /)",
        "Terminate the specified process and all of its threads.",
        terminate_process,
    ),
    native("UnmapViewOfFile(address, /)", "", unmap_view_of_file),
    native("VirtualQuerySize(address, /)", "", virtual_query_size),
    native("WaitForMultipleObjects(handle_seq, wait_flag, milliseconds=0xFFFFFFFF, /)", "", wait_for_multiple_objects),
    native("WaitForSingleObject(handle, milliseconds, /)", "Wait for a single object.", wait_for_single_object),
    native("WaitNamedPipe(name, timeout, /)", "", wait_named_pipe),
    native("WriteFile(handle, buffer, overlapped=False)", "", write_file),
];

/// Numbers of the headers.
const NUMBERS: &[(&str, i64)] = &[
    ("ABOVE_NORMAL_PRIORITY_CLASS", 0x8000),
    ("BELOW_NORMAL_PRIORITY_CLASS", 0x4000),
    ("CREATE_BREAKAWAY_FROM_JOB", 0x0100_0000),
    ("CREATE_DEFAULT_ERROR_MODE", 0x0400_0000),
    ("CREATE_NEW_CONSOLE", 0x10),
    ("CREATE_NEW_PROCESS_GROUP", 0x200),
    ("CREATE_NO_WINDOW", 0x0800_0000),
    ("DETACHED_PROCESS", 0x8),
    ("DUPLICATE_CLOSE_SOURCE", 1),
    ("DUPLICATE_SAME_ACCESS", 2),
    ("ERROR_ACCESS_DENIED", 5),
    ("ERROR_ALREADY_EXISTS", 183),
    ("ERROR_BROKEN_PIPE", 109),
    ("ERROR_IO_PENDING", 997),
    ("ERROR_MORE_DATA", 234),
    ("ERROR_NETNAME_DELETED", 64),
    ("ERROR_NO_DATA", 232),
    ("ERROR_NO_SYSTEM_RESOURCES", 1450),
    ("ERROR_OPERATION_ABORTED", 995),
    ("ERROR_PIPE_BUSY", 231),
    ("ERROR_PIPE_CONNECTED", 535),
    ("ERROR_PRIVILEGE_NOT_HELD", 1314),
    ("ERROR_SEM_TIMEOUT", 121),
    ("FILE_FLAG_FIRST_PIPE_INSTANCE", 0x8_0000),
    ("FILE_FLAG_OVERLAPPED", 0x4000_0000),
    ("FILE_GENERIC_READ", 0x12_0089),
    ("FILE_GENERIC_WRITE", 0x12_0116),
    ("FILE_MAP_ALL_ACCESS", 0xf_001f),
    ("FILE_MAP_COPY", 1),
    ("FILE_MAP_EXECUTE", 0x20),
    ("FILE_MAP_READ", 4),
    ("FILE_MAP_WRITE", 2),
    ("FILE_TYPE_CHAR", 2),
    ("FILE_TYPE_DISK", 1),
    ("FILE_TYPE_PIPE", 3),
    ("FILE_TYPE_REMOTE", 0x8000),
    ("FILE_TYPE_UNKNOWN", 0),
    ("GENERIC_READ", 0x8000_0000),
    ("GENERIC_WRITE", 0x4000_0000),
    ("HIGH_PRIORITY_CLASS", 0x80),
    ("IDLE_PRIORITY_CLASS", 0x40),
    ("INFINITE", 0xffff_ffff),
    ("INVALID_HANDLE_VALUE", -1),
    ("MEM_COMMIT", 0x1000),
    ("NMPWAIT_WAIT_FOREVER", 0xffff_ffff),
    ("NORMAL_PRIORITY_CLASS", 0x20),
    ("NULL", 0),
    ("OPEN_EXISTING", 3),
    ("PAGE_READONLY", 2),
    ("PAGE_READWRITE", 4),
    ("PIPE_ACCESS_DUPLEX", 3),
    ("PIPE_ACCESS_INBOUND", 1),
    ("PIPE_READMODE_MESSAGE", 2),
    ("PIPE_TYPE_MESSAGE", 4),
    ("PIPE_UNLIMITED_INSTANCES", 255),
    ("PIPE_WAIT", 0),
    ("PROCESS_ALL_ACCESS", 0x1f_ffff),
    ("PROCESS_DUP_HANDLE", 0x40),
    ("REALTIME_PRIORITY_CLASS", 0x100),
    ("STARTF_FORCEOFFFEEDBACK", 0x80),
    ("STARTF_FORCEONFEEDBACK", 0x40),
    ("STARTF_USESHOWWINDOW", 1),
    ("STARTF_USESTDHANDLES", 0x100),
    ("STD_ERROR_HANDLE", 0xffff_fff4),
    ("STD_INPUT_HANDLE", 0xffff_fff6),
    ("STD_OUTPUT_HANDLE", 0xffff_fff5),
    ("STILL_ACTIVE", 259),
    ("SW_HIDE", 0),
    ("SYNCHRONIZE", 0x10_0000),
    ("WAIT_ABANDONED_0", 128),
    ("WAIT_OBJECT_0", 0),
    ("WAIT_TIMEOUT", 258),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    for (name, n) in NUMBERS {
        d.set_text(name, Value::int(*n));
    }
    crate::native_type::add_types(vm, d, &[&overlapped::OVERLAPPED]);
    Ok(())
}

mod overlapped;

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef { name: "_winapi", doc: "", functions: FUNCTIONS, init: Some(init) };
