# The native compute addon. cc/kernels.cc is compiled once per instruction set; cc/dispatch.cc chooses at run time.
{
  'target_defaults': {
    'include_dirs': ['src-main/compute/native/cc'],
    'cflags_cc!': ['-fno-omit-frame-pointer', '-std=gnu++17', '-std=gnu++20'],
    'cflags!': ['-fno-omit-frame-pointer'],
    # -Wno-maybe-uninitialized: GCC 12 says it of its own AVX-512 headers.
    'cflags_cc': ['-std=c++17', '-O3', '-fno-math-errno', '-fno-trapping-math', '-fvisibility=hidden',
                  '-Wall', '-Wextra', '-Wno-maybe-uninitialized'],
    'xcode_settings': {
      'CLANG_CXX_LANGUAGE_STANDARD': 'c++17',
      'GCC_OPTIMIZATION_LEVEL': '3',
      'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
      'MACOSX_DEPLOYMENT_TARGET': '11.0',
      'OTHER_CPLUSPLUSFLAGS': ['-fno-math-errno', '-fno-trapping-math', '-Wall', '-Wextra'],
    },
    'msvs_settings': { 'VCCLCompilerTool': { 'AdditionalOptions': ['/std:c++17'], 'ExceptionHandling': 1 } },
  },
  'targets': [
    {
      'target_name': 'kernels_baseline',
      'type': 'static_library',
      'sources': ['src-main/compute/native/cc/kernels.cc'],
      'defines': ['MEDFORGE_TARGET=baseline', 'MEDFORGE_TABLE=kBaselineKernels', 'MEDFORGE_NAME="baseline"'],
    },
    {
      'target_name': 'medforge_native',
      'sources': [
        'src-main/compute/native/cc/addon.cc',
        'src-main/compute/native/cc/array-calls.cc',
        'src-main/compute/native/cc/cell.cc',
        'src-main/compute/native/cc/convolution-calls.cc',
        'src-main/compute/native/cc/convolution-set.cc',
        'src-main/compute/native/cc/dispatch.cc',
        'src-main/compute/native/cc/measure.cc',
        'src-main/compute/native/cc/network-backward.cc',
        'src-main/compute/native/cc/network-calls.cc',
        'src-main/compute/native/cc/network-forward.cc',
        'src-main/compute/native/cc/network-plan.cc',
        'src-main/compute/native/cc/norm.cc',
        'src-main/compute/native/cc/scratch.cc',
        'src-main/compute/native/cc/squares.cc',
        'src-main/compute/native/cc/thread-pool.cc',
      ],
      'include_dirs': ['node_modules/node-addon-api'],
      # Memory that cannot be had is thrown, as far as the door to JavaScript.
      'cflags_cc!': ['-fno-exceptions'],
      'xcode_settings': { 'GCC_ENABLE_CPP_EXCEPTIONS': 'YES' },
      'defines': ['NAPI_VERSION=8', 'NAPI_DISABLE_CPP_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED'],
      'dependencies': ['kernels_baseline'],
      'conditions': [
        ['target_arch=="x64" and OS!="win"', {
          'dependencies': ['kernels_avx2', 'kernels_avx512'],
          'defines': ['MEDFORGE_X86_TARGETS'],
        }],
      ],
    },
  ],
  'conditions': [
    ['target_arch=="x64" and OS!="win"', {
      'targets': [
        {
          'target_name': 'kernels_avx2',
          'type': 'static_library',
          'sources': ['src-main/compute/native/cc/kernels.cc'],
          'defines': ['MEDFORGE_TARGET=avx2', 'MEDFORGE_TABLE=kAvx2Kernels', 'MEDFORGE_NAME="avx2"'],
          'cflags_cc': ['-mavx2', '-mfma'],
          'xcode_settings': { 'OTHER_CPLUSPLUSFLAGS': ['-mavx2', '-mfma'] },
        },
        {
          'target_name': 'kernels_avx512',
          'type': 'static_library',
          'sources': ['src-main/compute/native/cc/kernels.cc'],
          'defines': ['MEDFORGE_TARGET=avx512', 'MEDFORGE_TABLE=kAvx512Kernels', 'MEDFORGE_NAME="avx512"'],
          'cflags_cc': ['-mavx512f', '-mfma', '-mprefer-vector-width=512'],
          'xcode_settings': { 'OTHER_CPLUSPLUSFLAGS': ['-mavx512f', '-mfma'] },
        },
      ],
    }],
  ],
}
